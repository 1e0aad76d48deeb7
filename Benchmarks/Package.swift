// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let core = Target.Dependency.product(name: "CeleriacCore", package: "celeriac")
let redis = Target.Dependency.product(name: "CeleriacRedis", package: "celeriac")

let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "celeriac", path: ".."),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
  ],
  targets: [
    .target(name: "BenchSupport", dependencies: [core, redis], swiftSettings: strict),
    .executableTarget(
      name: "bench-worker",
      dependencies: [
        "BenchSupport", core, redis,
        .product(name: "CeleriacBeat", package: "celeriac"),
        .product(name: "CeleriacWorker", package: "celeriac"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ], swiftSettings: strict),
    .executableTarget(
      name: "bench-enqueue", dependencies: ["BenchSupport", core], swiftSettings: strict),
    .executableTarget(
      name: "bench-instructions",
      dependencies: [
        core,
        .product(name: "CeleriacWorker", package: "celeriac"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: strict),
    .executableTarget(name: "bench-limit", linkerSettings: [.linkedLibrary("hiredis")]),
  ]
)
