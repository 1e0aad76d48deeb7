// CeleriacTesting
