# A lawyer was refused at the gate while a client may be sent out at any time.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone lawyer_locked_out language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Someone I help"
  taps "No"
  taps "Detained by officials"
  taps "I do not know"
  says 4                  # Detention
  says 4                  # No call; nobody knows where they are
  says "Quillmere, California"  # Where
  taps "Today"
  taps "1"
  says 9 12                  # Needs an interpreter
  says "My client speaks Mam. I was turned away twice with no reason and no call was allowed."
  says 5                  # U.S. immigration police (ICE)
  says 2                  # A lawyer
  taps "Send"
  keeps receipt
