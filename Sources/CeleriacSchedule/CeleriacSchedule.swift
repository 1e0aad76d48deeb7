// CeleriacSchedule
