"""The agent desk: the queue, a ticket with its case, feedback, insights. It speaks GraphQL like every other client."""
