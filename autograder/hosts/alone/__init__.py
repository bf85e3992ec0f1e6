"""Whoever learns without a class: a watch over one's own notebooks, what is done and what is next, a picture at the end."""
