# A brother has not been heard of for a week.
# Graded P2.
# Invented: no person, event, town or official act in it is real.

phone zh_missing language zh-Hans
  says /start
  taps "中文"
  taps "好，继续"             # Yes, go on
  taps "我的家人或朋友"          # My family or a friend
  taps "不知道"              # I do not know
  taps "失踪了"              # Missing
  taps "3 天或更久"           # 3 days or more
  says 3                  # None of this
  says 8                  # Kidnapped, missing, exploited
  says 2                  # Missing, we do not know why
  taps "索诺拉（Sonora）"      # Sonora
  taps "跳过"               # not told: Town
  taps "这个月"              # This month
  taps "1"
  says 13                 # None of these
  says "弟弟最后一次来电话是一个星期以前，说要跟向导走沙漠。之后就没有消息。"  # In your words
  says "带路的人或蛇头"          # Guide or smuggler
  taps "完成"
  says 4                  # To find someone
  taps "发送"               # Send
  keeps receipt
