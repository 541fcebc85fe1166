"""One command, one module. Only these print."""
