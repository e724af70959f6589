# Sexual violence, some time ago: nothing that happened is asked.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone fr_assault language fr
  says /start
  taps "Français"
  taps "Oui, continuer"   # Yes, go on
  taps "Moi"              # Me
  taps "Non"              # No
  taps "Libre"            # Free
  says 7                  # Violence or threats
  says 8                  # Sexual violence (no details needed)
  taps "Non, avant"       # No, before
  says 2                  # A trained person to talk to
  taps "Le soir"          # In the evening
  taps "Envoyer"          # Send
  keeps receipt
