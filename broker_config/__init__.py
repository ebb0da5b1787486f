"""The contract on the wire, and the broker that carries it."""
