"""What is in the box? Containers one by one: their layers, how they stop, the limit that kills them, and the places that run them."""
