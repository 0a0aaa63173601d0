"""How dates are written, language by language; Django's own formats fill the gaps."""
