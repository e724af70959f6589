# Chinese by typed numbers only, from the language to the receipt, in the wide digits of a Chinese keyboard.

phone chinese_numbers language zh-Hans
  says /start
  says ７                  # 中文
  says １                  # Yes, go on
  says ２                  # My family or a friend
  says １                  # In danger now
  says ２                  # Held by someone
  says ２                  # Other people
  says ６                  # Another place in Mexico
  says ４                  # Tamaulipas
  says ３                  # People
  says １ ４                # A child (under 18); A woman
  says １                  # Yes, they know and agree
  says １ ４                # To be safe; To find someone
  says ２                  # During the day
  says １                  # Send
  keeps receipt
  sees "已转交"

desk maria
  logs in
  sees first in queue priority P1 reason captive_now
  opens it
  reads "MX-TAM"
