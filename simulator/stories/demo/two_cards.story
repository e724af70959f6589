# A volunteer tells of two persons, each with a card and a consent of their own.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone two_cards language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Someone I help"
  taps "No"
  taps "Free"
  says 6                  # Asylum was blocked
  says 1                  # Not allowed to ask for asylum
  says "Tamblin Ford, Texas"  # Where
  taps "Yesterday"
  taps "2"
  says 2 12                  # A child alone
  taps "Skip"             # not told: Children
  says "A woman of sixty and a boy of fifteen who came alone were told at the bridge that asylum is closed."
  says 6                  # U.S. border officers
  taps "Send what I have"
  taps "Tell of each person"
  says 5 6                # 60 or older; Woman or girl
  taps "It happened to them"
  taps "Nicaragua"
  taps "Free"
  taps "Yes, they know and agree"
  taps "Also as a number, without details"
  taps "Yes, one more"
  says 3 7 8              # 12 to 17 years; Man or boy; A child alone
  taps "It happened to them"
  taps "Honduras"
  taps "Free"
  taps "Yes, they know and agree"
  taps "Only our team sees it"
  taps "No, that was all"
  taps "Send what I have"
  taps "Send"
  keeps receipt
