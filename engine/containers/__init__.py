"""What is in the box? Containers one by one: layers, stopping, memory, and the places that run them."""
