# A reporter was pushed away and threatened while filming a raid.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone filming_stopped language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Me"
  taps "No"
  taps "Free"
  says 12                 # Attack on helpers or press
  says 2                  # Journalist attacked or stopped from reporting
  taps "Attacked"
  says "Corvado, New Mexico"  # Where
  taps "Today"
  taps "1"
  says 13                 # None of these
  says "An officer took my camera, wiped the card and said that next time he would take me."
  says 5                  # U.S. immigration police (ICE)
  says 2                  # A lawyer
  taps "Send"
  keeps receipt
