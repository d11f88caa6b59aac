"""The people who sign in: accounts, their roles, and how they prove who they are."""
