from setuptools import setup

setup(name="example", package_dir={"": "src"}, py_modules=["client", "report"])
