# Beaten on the road; a photo is sent along.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone photo_of_injury language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Me"
  taps "No"
  taps "Free"
  says 7                  # Violence or threats
  says 1                  # Beaten, pushed, chased, gas, shots
  says "Ostrey Wells, Arizona"  # Where
  taps "In the last 7 days"
  taps "1"
  says 13                 # None of these
  says "I was hit with a baton after I had already sat down. My hand is still swollen."
  says 4                  # U.S. Border Patrol, green uniform
  says 6                  # Only to tell it
  taps "Tell more before sending"
  taps "Skip"             # not told: Used
  taps "1"
  taps "Skip"             # not told: Kind of place
  taps "Skip"             # not told: Known by
  taps "Skip"             # not told: How sure
  taps "Skip"             # not told: Another version
  taps "Skip"             # not told: Evidence
  taps "Skip"             # not told: Already on it
  sends photo             # Files
  taps "Send what I have"
  taps "Send"
  keeps receipt
