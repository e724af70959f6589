# A shelter's legal helper, for three women who had papers.
# Invented: no person, event, town or official act in it is real.

phone ex03 language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Someone I help"
  taps "No"
  taps "Free"
  says 3 4 5              # papers taken; detention; sent back
  says 1                  # without reason
  says 5                  # had papers, still detained
  says Tabasco
  says "Villa Ceniza"
  says "immigration detention"
  says "from 3 to 6 March"
  says 3
  says 0
  says 7                  # none of these
  taps "I do not know"
  says "I do legal help at a shelter. Three Honduran women, all with refugee recognition cards, were pulled off a bus near Villa Ceniza, Tabasco and kept in the immigration station from 3 to 6 March. An officer tore one card in half. They are out now. Two agree to anonymous numbers; the third wants nobody but you to see it."
  says 1                  # migration officers
  taps "No"
  taps "Send"
  keeps receipt
