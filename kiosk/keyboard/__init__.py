"""The on-screen keyboard as data: which keys there are, where they stand, and what shift does. Knows nothing of Kivy."""
