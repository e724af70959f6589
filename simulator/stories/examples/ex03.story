# A shelter's legal helper, for three women who had papers: each with a card and a consent of her own.
# Invented: no person, event, town or official act in it is real.

phone ex03 language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Someone I help"
  taps "No"
  taps "Free"
  says 3 4 5              # They took or broke papers; Detention; Sent back or expelled
  says 1                  # Detained without reason or papers
  says 5                  # Had papers or an asylum case, still detained or sent away
  says "Villa Ceniza, Tabasco"  # Where
  taps "Skip"             # not told: Taken or sent to
  says "from 3 to 6 March"  # When
  says 3                  # People
  says 4                  # A woman
  says "I do legal help at a shelter. Three Honduran women, all with refugee recognition cards, were pulled off a bus near Villa Ceniza, Tabasco and kept in the immigration station from 3 to 6 March. An officer tore one card in half. They are out now. Two agree to anonymous numbers; the third wants nobody but you to see it."
  says 1                  # Mexican migration officers
  taps "Skip"             # not told: Needed most
  taps "Tell of each person"
  says 4 6                # 18 to 59 years; Woman or girl
  taps "It happened to them"
  taps "Honduras"
  taps "Free"
  taps "Yes, they know and agree"
  taps "Also as a number, without details"
  taps "Yes, one more"
  says 4 6                # 18 to 59 years; Woman or girl
  taps "It happened to them"
  taps "Honduras"
  taps "Free"
  taps "Yes, they know and agree"
  taps "Also as a number, without details"
  taps "Yes, one more"
  says 4 6                # 18 to 59 years; Woman or girl
  taps "It happened to them"
  taps "Honduras"
  taps "Free"
  taps "Yes, they know and agree"
  taps "Only our team sees it"
  taps "No, that was all"
  taps "Tell more before sending"
  taps "Skip"             # not told: How
  taps "Skip"             # not told: Treated so for
  taps "Migration station, Mexico"
  taps "Skip"             # not told: Fear of return
  taps "Skip"             # not told: Known by
  taps "Skip"             # not told: How sure
  says 2                  # refugee recognition
  says 1 4                # They were shown; They were destroyed
  taps "Skip"             # not told: Reason told
  taps "Skip"             # not told: Signed
  taps "Skip"             # not told: Another version
  taps "Skip"             # not told: Evidence
  taps "Yes, they know and agree"
  taps "I work at a shelter"
  taps "The person told me"
  taps "Send what I have"
  taps "Send"
  keeps receipt
