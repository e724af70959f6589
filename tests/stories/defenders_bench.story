# A defender tells of two persons in a row. Place and day stay, each report has a code of its own; the first code is
# handed to the person it belongs to, the others can be shown again until the bench is closed.

phone noor language en
  says /start
  taps "English"
  taps "Yes, go on"
  taps "Someone I help"
  taps "No"
  taps "Free"
  says 1                                # they asked for money
  says "Ventarrona, Oaxaca"
  taps "Yesterday"
  taps "1"
  taps "Send what I have"
  taps "Send"
  keeps receipt
  sees "The codes of this session stay here"
  taps "Give this code to the person"
  sees "A code for the person this is about"
  taps "Tell of another case"
  sees "Place, day and who did it are kept"
  taps "Needs a doctor now"
  taps "Free"
  taps "1"
  taps "Seriously ill"
  taps "Done"
  taps "Send what I have"
  sees "Ventarrona, Oaxaca"             # kept from the first
  taps "Send"
  sees "The codes of this session stay here"
  taps "Show my codes"
  sees "Your codes, one for each report:"
  sees "1  "
  does not see "2  "                    # the first was handed over
  taps "Close"
  sees "Closed. Nothing is open here."
  says "my codes"
  does not see "Your codes"

desk maria
  logs in
  sees 2 cases
  sees first in queue priority P1 reason medical_emergency
  opens it
  reads "Ventarrona, Oaxaca"
  reads "proxy"

phone person language es                # the person the first report was about, with the code they were given
  says <receipt>
  sees "Todavía no hay mensajes"
