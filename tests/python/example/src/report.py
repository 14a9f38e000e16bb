from client import Client, load


def total(items):
    result = 0
    for item in items:
        if item != None:
            result += len(item)
    return result


def report(names, client=None):
    client = client or Client()
    for name in names:
        print(name, client.fetch(name))


if __name__ == "__main__":
    report(load("names.json") or [])
