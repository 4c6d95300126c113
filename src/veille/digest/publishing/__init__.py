"""Other ways out than the mail: what an issue told everybody, as pages, feeds, calendar, calls and chat."""
