"""Pages for people with a question: to ask, to follow what becomes of it, to have a say, to take their data out.

They are for one person each: nothing of them is cached or indexed, and every change is a form that works by itself.
"""
