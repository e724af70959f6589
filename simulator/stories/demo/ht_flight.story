# A husband may be put on a plane within three days.
# Graded P1.
# Invented: no person, event, town or official act in it is real.

phone ht_flight language ht
  says /start
  taps "Kreyòl ayisyen"
  taps "Wi, kontinye"     # Yes, go on
  taps "Fanmi mwen oswa yon zanmi"  # My family or a friend
  taps "Mwen pa konnen"   # I do not know
  taps "Otorite yo kenbe l fèmen"  # Detained by officials
  taps "Wi, nan 3 jou k ap vini yo"  # Yes, in the next 3 days
  says 4                  # Detention
  says 2                  # In detention, no abuse told yet
  says "Texas"            # Where
  taps "Sote"             # not told: Town
  taps "Nan 7 dènye jou yo"  # In the last 7 days
  taps "1"
  says 12                 # Afraid of being sent back
  says "Mari m nan prizon imigrasyon. Yo di l ap monte nan avyon jedi. Li pè tounen."
  says 5                  # U.S. immigration police (ICE)
  says 2                  # A lawyer
  taps "Voye"             # Send
  keeps receipt
