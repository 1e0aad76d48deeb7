/// The numbers up to a limit in pieces, each sieved when its turn comes (Eratosthenes).
struct PrimeSegments: Sequence, IteratorProtocol {
  /// A piece that is done.
  struct Segment {
    let upper: Int
    let primeCount: Int
  }

  private static let width = 1_000_000

  private let limit: Int
  private let smallPrimes: [Int]
  private var lower = 2

  init(upTo limit: Int) {
    self.limit = limit
    var root = 1
    while root * root < limit { root += 1 }
    smallPrimes = Self.sieve(2...Swift.max(root, 2), by: [])
  }

  mutating func next() -> Segment? {
    guard lower <= limit else { return nil }
    let upper = Swift.min(lower + Self.width - 1, limit)
    defer { lower = upper + 1 }
    return Segment(upper: upper, primeCount: Self.sieve(lower...upper, by: smallPrimes).count)
  }

  // The numbers of a range that none of the primes divides, nor any smaller one of the range.
  private static func sieve(_ range: ClosedRange<Int>, by primes: [Int]) -> [Int] {
    var isPrime = [Bool](repeating: true, count: range.count)
    func strike(_ prime: Int) {
      var multiple = Swift.max(prime * prime, (range.lowerBound + prime - 1) / prime * prime)
      while multiple <= range.upperBound {
        isPrime[multiple - range.lowerBound] = false
        multiple += prime
      }
    }
    for prime in primes { strike(prime) }
    if primes.isEmpty {
      for number in range where isPrime[number - range.lowerBound] { strike(number) }
    }
    return range.filter { isPrime[$0 - range.lowerBound] }
  }
}
