# Arabic by typed numbers only, from the language to the receipt, in the digits of an Arabic keyboard: the danger way.

phone arabic_numbers language ar
  says /start
  says ٨                  # العربية
  says ١                  # Yes, go on
  says ٢                  # My family or a friend
  says ٢                  # Needs a doctor now
  says ١                  # Detained by officials
  says ٣                  # I do not know
  says ٧                  # United States
  says ٤                  # Texas
  says ١                  # People
  says ٦                  # Seriously ill
  says ١                  # Yes, they know and agree
  says ٣                  # A doctor
  says ٤                  # Do not write to me
  says ١                  # Send
  keeps receipt
  sees "تم التسليم"

desk maria
  logs in
  sees first in queue priority P1 reason medical_emergency
  opens it
  reads "US-TX"
