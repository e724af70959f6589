# Turned away at an office without an interpreter; told in a voice note.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone ht_voice language ht
  says /start
  taps "Kreyòl ayisyen"
  taps "Wi, kontinye"     # Yes, go on
  taps "Mwen menm"        # Me
  taps "Non"              # No
  taps "Li lib"           # Free
  says 6 11               # Asylum was blocked; Treated worse for who they are
  says 3                  # No interpreter, lawyer, consul or information
  says "Puebla"           # Where
  taps "Sote"             # not told: Town
  taps "Nan 7 dènye jou yo"  # In the last 7 days
  taps "2"
  says 9                  # Needs an interpreter
  sends voice             # In your words
  says "Biwo refijye (COMAR)"  # Refugee office (COMAR)
  taps "Fini"
  taps "Voye sa mwen di deja"  # Send what I have
  taps "Voye"             # Send
  keeps receipt
