# A visit with a receipt, by typed numbers, from another phone: read, write, read again, close.

phone mere language fr
  says /start
  taps "Français"
  taps "Oui, continuer"
  says 1                                # about me
  says 5                                # nobody is in danger
  says 5                                # free
  says 1                                # they asked for money
  taps "Envoyer ce que j'ai dit"
  says 1                                # send
  keeps receipt
  sees "C'est transmis"

phone cousin language fr
  says <receipt>
  sees "Il n'y a pas encore de message."
  sees "Que voulez-vous faire ?"
  says 2                                # write
  sees "Écrivez-le en un seul message."
  says "Ils sont revenus ce matin."
  sees "C'est transmis"

desk maria
  logs in
  sees first in queue priority P3
  opens it
  reads "Ils sont revenus ce matin."
  replies "Merci. Nous regardons."

phone cousin
  says 1                                # read
  sees "Merci. Nous regardons."
  says 9                                # close
  sees "C'est fermé. Rien n'est ouvert ici."
  does not see "Merci"
