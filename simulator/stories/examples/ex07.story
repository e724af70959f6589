# The sexual-violence way: nothing that happened is asked. A doctor is wanted today.
# Invented: no person, event, town or official act in it is real.

phone ex07 language fr
  says /start
  taps "Français"
  taps "Oui, continuer"   # Yes, go on
  taps "Une personne que j'aide"  # Someone I help
  taps "Non"              # No
  taps "Libre"            # Free
  says 7                  # Violence or threats
  says 8                  # Sexual violence (no details needed)
  taps "Oui"              # Yes
  says 1                  # Medical care
  taps "Pendant la journée"  # During the day
  taps "Envoyer"          # Send
  keeps receipt
