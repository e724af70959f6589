# Papers were torn at a checkpoint.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone ht_papers language ht
  says /start
  taps "Kreyòl ayisyen"
  taps "Wi, kontinye"     # Yes, go on
  taps "Mwen menm"        # Me
  taps "Non"              # No
  taps "Li lib"           # Free
  says 3                  # They took or broke papers
  says "Chiapas"          # Where
  taps "Sote"             # not told: Town
  taps "Yè"               # Yesterday
  taps "1"
  says 13                 # None of these
  says "Yon ajan pran papye mwen an, li chire l devan m, li di m li pa vo anyen."
  says 1                  # Mexican migration officers
  says 5                  # Papers back
  taps "Voye"             # Send
  keeps receipt
