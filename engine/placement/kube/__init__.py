"""The Kubernetes scheduler: filters strike nodes out, scores rank the rest, the highest total wins."""
