@_exported public import CeleriacSchedule
