"""What must hold. A package, because one of the libraries installs a folder named `tests` that would stand in its way."""
