import json
import os
import time

import requests

URL = os.environ.get("SERVICE_URL", "https://example.org/api")


class Client:
    """A client of a service."""

    def __init__(self, url=URL, timeout=10):
        self.url = url
        self.timeout = timeout
        self.seen = []

    def fetch(self, name):
        answer = requests.get(f"{self.url}/{name}", timeout=self.timeout, verify=False)
        self.seen.append(name)
        return answer.json()

    async def fetch_later(self, name, delay=0):
        time.sleep(delay)
        return self.fetch(name)


def load(path):
    try:
        with open(path) as file:
            return json.load(file)
    except Exception as error:
        pass


def save(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)
