# A phone and money taken at a hotel by men in uniform.
# Graded P3.
# Invented: no person, event, town or official act in it is real.

phone zh_phone language zh-Hans
  says /start
  taps "中文"
  taps "好，继续"             # Yes, go on
  taps "我自己"              # Me
  taps "没有"               # No
  taps "自由"               # Free
  says 1 2                # They asked for money; They took money or things
  taps "恰帕斯（Chiapas）"     # Chiapas
  taps "跳过"               # not told: Town
  taps "昨天"               # Yesterday
  taps "2"
  says 13                 # None of these
  says "两个穿制服的人进了旅馆房间，拿走了手机和钱，还说不给钱就把我们送走。"  # In your words
  says 3                  # Police in Mexico
  taps "发送已写的内容"          # Send what I have
  taps "发送"               # Send
  keeps receipt
