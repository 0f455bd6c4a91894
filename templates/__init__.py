"""The Jinja templates of the page, a data package: no code lives here."""
