# A child who is free and alone: the fewest questions.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone ht_child language ht
  says /start
  taps "Kreyòl ayisyen"
  taps "Wi, kontinye"     # Yes, go on
  taps "Mwen menm, e mwen poko gen 18 an"  # Me, and I am under 18
  taps "12 rive 17 an"    # 12 to 17
  taps "Non"              # No
  taps "Non"              # No
  taps "Li lib"           # Free
  taps "Wi"               # Yes
  taps "Lajounen"         # During the day
  taps "Voye"             # Send
  keeps receipt
