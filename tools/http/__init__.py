"""One HTTP client for every vendor: limits, retries, deadlines, no foreign hosts, no secrets in what it says."""

from tools.http.buckets import Bucket, Buckets
from tools.http.client import Call, Manners, VendorClient
from tools.http.signals import Limit, limit_of

__all__ = ["Bucket", "Buckets", "Call", "Limit", "Manners", "VendorClient", "limit_of"]
