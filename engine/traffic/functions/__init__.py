"""The data plane of functions: an environment for each request in flight, and no queue before it."""
