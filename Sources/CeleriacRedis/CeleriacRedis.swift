// CeleriacRedis
