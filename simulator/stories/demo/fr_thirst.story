# A friend died on the way. Who else was there is not known.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone fr_thirst language fr
  says /start
  taps "Français"
  taps "Oui, continuer"   # Yes, go on
  taps "Ma famille ou des amis"  # My family or a friend
  taps "Non"              # No
  taps "Libre"            # Free
  says 7                  # Violence or threats
  says 4                  # Someone died on the way
  taps "Oui, avant"       # Yes, before
  taps "1"
  says "Sonora"           # Where
  taps "Passer"           # not told: Town
  taps "Ce mois-ci"       # This month
  taps "3 à 5"            # 3 to 5
  says 13                 # None of these
  says "Mon ami est mort de soif le deuxième jour. Nous avons marché jusqu'à une ferme et personne n'est retourné le chercher."
  says "Guide ou passeur" # Guide or smuggler
  taps "Terminé"
  taps "Envoyer ce que j'ai dit"  # Send what I have
  taps "Envoyer"          # Send
  keeps receipt
