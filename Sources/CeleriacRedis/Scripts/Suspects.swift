extension RedisScript {
  /// Moves messages that were on loan at a crash to this worker's loans: as many as can start at
  /// once, or one that is to run apart.
  ///
  ///     list ──► suspects:1 ──► suspects:2 ──► … ──► dead        each arrow a crash of the worker
  ///                 │               │                            that has the message on loan
  ///                 └───────────────┴──► done
  ///
  /// The list in which a message waits is the count of its crashes, so counting costs nothing where
  /// nothing crashes. From its queue, a message is taken before it can start: the first crash makes
  /// suspects of all that the worker had on loan, and says little. A suspect is taken only to be
  /// started, so every further crash counts those alone that ran at it. And those that one more crash
  /// would condemn are given out one at a time: what is buried has not just run beside a culprit.
  ///
  /// KEYS  1 loans   2… lists, those with the most crashes first
  /// ARGV  1 worker   2 count   3 first batch number   4 how many of the lists, from the first, hold
  ///       messages to run apart
  /// A list whose key is of another type holds up no other, as in ``take``.
  ///
  /// Reply one array for each list that gave something: its place from 0, then the messages;
  ///       an error `FENCED` when the worker's lease has run out and its loans are gone
  static let takeSuspects = RedisScript(
    "take suspects",
    lendFunction + """
      local left, apart, failure = tonumber(ARGV[2]), tonumber(ARGV[4]), nil
      for i = 2, #KEYS do
        if left == 0 then break end
        local isApart = i - 1 <= apart
        local count, refused = lend(i, isApart and 1 or left)
        left, failure = isApart and count > 0 and 0 or left - count, failure or refused
      end
      return #taken == 0 and failure or taken
      """)
}
