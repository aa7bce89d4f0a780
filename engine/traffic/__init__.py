"""Traffic: arrivals, balancing, and the two data planes that must agree."""
