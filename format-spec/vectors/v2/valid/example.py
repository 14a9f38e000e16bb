# Greets.
def greet(name="you"):
    print(f"Hello, {name}!")
