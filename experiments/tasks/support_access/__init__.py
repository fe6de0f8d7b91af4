"""The benchmark `support-access`: two tenants, and users who may not see it all."""
