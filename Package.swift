// swift-tools-version: 6.2
import CompilerPluginSupport
import PackageDescription

/// The language settings of every target here: Swift 6 mode, the upcoming features the code is
/// written for, and no warning left standing.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "celeriac",
  products: [
    .library(name: "Celeriac", targets: ["Celeriac"]),
    .library(name: "CeleriacCore", targets: ["CeleriacCore"]),
    .library(name: "CeleriacRedis", targets: ["CeleriacRedis"]),
    .library(name: "CeleriacWorker", targets: ["CeleriacWorker"]),
    .library(name: "CeleriacBeat", targets: ["CeleriacBeat"]),
    .library(name: "CeleriacCLI", targets: ["CeleriacCLI"]),
    .library(name: "CeleriacTesting", targets: ["CeleriacTesting"]),
    .library(name: "SuperviseKit", targets: ["SuperviseKit"]),
    .executable(name: "supervise", targets: ["supervise"]),
    .executable(name: "task_manager", targets: ["task_manager"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.6.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0", traits: []),
    .package(url: "https://github.com/swiftlang/swift-syntax", "600.0.0"..<"605.0.0"),
  ],
  targets: [
    // C
    .systemLibrary(name: "CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
    .target(name: "CLinux"),

    // The queue
    .target(name: "CeleriacSchedule", swiftSettings: strict),
    .target(
      name: "CeleriacCore", dependencies: ["CeleriacSchedule", "CLinux", log],
      swiftSettings: strict),
    .target(
      name: "CeleriacRedis", dependencies: ["CeleriacCore", "CHiredis", "CLinux", log],
      swiftSettings: strict),
    .target(
      name: "CeleriacWorker", dependencies: ["CeleriacCore", "CLinux", log, lifecycle],
      swiftSettings: strict),
    .target(
      name: "CeleriacBeat", dependencies: ["CeleriacCore", log, lifecycle],
      swiftSettings: strict),
    .target(
      name: "CeleriacTesting",
      dependencies: ["CeleriacBeat", "CeleriacCore", "CeleriacSchedule", "CeleriacWorker", log],
      swiftSettings: strict),
    .macro(
      name: "CeleriacMacros",
      dependencies: [
        "CeleriacSchedule",
        .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
        .product(name: "SwiftDiagnostics", package: "swift-syntax"),
        .product(name: "SwiftParser", package: "swift-syntax"),
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftSyntaxBuilder", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
      ], swiftSettings: strict),
    .target(
      name: "Celeriac", dependencies: ["CeleriacCore", "CeleriacMacros"], swiftSettings: strict),
    .target(
      name: "CeleriacCLI",
      dependencies: [
        "CeleriacCore", "CeleriacRedis", "CeleriacWorker", "CeleriacBeat", "CeleriacSchedule",
        "CLinux", arguments, log, lifecycle, signals,
      ], swiftSettings: strict),

    // The example that the Procfile runs
    .executableTarget(
      name: "task_manager",
      dependencies: [
        "Celeriac", "CeleriacCLI", .product(name: "Subprocess", package: "swift-subprocess"),
      ], swiftSettings: strict),

    // The supervisor
    .target(name: "SuperviseKit", dependencies: ["CLinux"], swiftSettings: strict),
    .executableTarget(
      name: "supervise", dependencies: ["SuperviseKit", arguments], swiftSettings: strict),

    // Tests
    .target(
      name: "TestSupport", dependencies: ["CLinux"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "CeleriacScheduleTests", dependencies: ["CeleriacSchedule", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "CeleriacRedisTests",
      dependencies: ["CeleriacRedis", "BrokerConformance", "DeliveryModel", "TestSupport", log],
      swiftSettings: strict),
    .target(name: "DeliveryModel", path: "Tests/DeliveryModel", swiftSettings: strict),
    .testTarget(
      name: "DeliveryModelTests", dependencies: ["DeliveryModel"], swiftSettings: strict),
    .target(
      name: "BrokerConformance",
      dependencies: ["CeleriacCore", "CeleriacSchedule", "CeleriacTesting"],
      path: "Tests/BrokerConformance", swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    .testTarget(
      name: "CeleriacTestingTests",
      dependencies: ["CeleriacBeat", "CeleriacCore", "CeleriacSchedule", "CeleriacTesting"],
      swiftSettings: strict),
    .testTarget(
      name: "TaskManagerTests",
      dependencies: [
        "task_manager", "Celeriac", "CeleriacBeat", "CeleriacTesting", "TestSupport",
      ],
      exclude: ["python"], swiftSettings: strict),
    .testTarget(
      name: "CeleriacCoreTests",
      dependencies: [
        "CeleriacCore", "CeleriacSchedule", "CeleriacTesting", "BrokerConformance", "TestSupport",
        log,
      ], swiftSettings: strict),
    .testTarget(
      name: "CeleriacBeatTests",
      dependencies: [
        "CeleriacBeat", "CeleriacRedis", "CeleriacTesting", "TestSupport", log, lifecycle,
      ], swiftSettings: strict),
    .executableTarget(
      name: "CLIFixture", dependencies: ["CeleriacCLI", "CeleriacCore"],
      path: "Tests/CLIFixture", swiftSettings: strict),
    .testTarget(
      name: "CeleriacCLITests",
      dependencies: [
        "CLIFixture", "CeleriacCLI", "CeleriacBeat", "CeleriacRedis", "CeleriacCore",
        "CeleriacWorker",
        "TestSupport", arguments, log,
      ], swiftSettings: strict),
    .testTarget(
      name: "SuperviseKitTests", dependencies: ["SuperviseKit", "CLinux", "TestSupport"],
      swiftSettings: strict),
    .executableTarget(name: "LineWriter", path: "Tests/LineWriter"),
    .testTarget(
      name: "SuperviseTests", dependencies: ["supervise", "LineWriter", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ReloadTests", dependencies: ["supervise", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "SuperviseReloadTests", dependencies: ["supervise", "TestSupport"],
      swiftSettings: strict),
    .executableTarget(
      name: "StreamWorker", dependencies: ["CeleriacCLI", "CeleriacCore"],
      path: "Tests/StreamWorker", swiftSettings: strict),
    .testTarget(
      name: "ReloadStreamTests",
      dependencies: ["StreamWorker", "supervise", "CeleriacCore", "CeleriacRedis", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "CeleriacWorkerTests",
      dependencies: [
        "CeleriacWorker", "CeleriacCore", "CeleriacTesting", "TestSupport", log, lifecycle,
      ], swiftSettings: strict),
    .testTarget(
      name: "DeliveryTests",
      dependencies: ["CLIFixture", "CeleriacCore", "CeleriacRedis", "TestSupport", log],
      swiftSettings: strict),
    .testTarget(
      name: "FailureTests",
      dependencies: ["CLIFixture", "CeleriacCore", "CeleriacRedis", "TestSupport", log],
      swiftSettings: strict),
    .testTarget(
      name: "InteropTests",
      dependencies: [
        "CLIFixture", "CeleriacCore", "CeleriacRedis", "CeleriacWorker", "TestSupport", log,
      ],
      exclude: ["python"], swiftSettings: strict),
    .testTarget(
      name: "CeleriacMacrosTests",
      dependencies: [
        "Celeriac", "CeleriacMacros",
        .product(name: "SwiftDiagnostics", package: "swift-syntax"),
        .product(name: "SwiftParser", package: "swift-syntax"),
        .product(name: "SwiftSyntax", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacroExpansion", package: "swift-syntax"),
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
      ], swiftSettings: strict),
    linkedTasks("StrictTasks", in: "Strict", strict),
    linkedTasks("PlainTasks", in: "Plain", []),
    linkedTasks("MainActorTasks", in: "MainActor", [.defaultIsolation(MainActor.self)]),
    linkedTasks("MemorySafeTasks", in: "MemorySafe", [.strictMemorySafety()]),
    .testTarget(
      name: "CeleriacTests",
      dependencies: [
        "Celeriac", "StrictTasks", "PlainTasks", "MainActorTasks", "MemorySafeTasks", log,
      ], swiftSettings: strict),
  ]
)

/// Tasks that tests are linked with and never import, compiled as a user's package might be.
func linkedTasks(_ name: String, in folder: String, _ settings: [SwiftSetting]) -> Target {
  .target(
    name: name, dependencies: ["Celeriac"], path: "Tests/LinkedTasks/\(folder)",
    swiftSettings: settings + [.treatAllWarnings(as: .error)])
}
