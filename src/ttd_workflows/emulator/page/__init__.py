"""The page that shows a running emulator: plain HTML, CSS and JavaScript modules, served as they stand.

``index.html`` is the frame; ``main.js`` joins the panels, each of which is a module of its own. There is no build step
and nothing is fetched from elsewhere.
"""
