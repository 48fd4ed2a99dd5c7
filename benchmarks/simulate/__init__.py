"""How many images a second the simulator draws."""
