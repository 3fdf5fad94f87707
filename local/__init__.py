"""The system on one machine: embedded AWS, simulated time, the people of a story, and the command line."""
