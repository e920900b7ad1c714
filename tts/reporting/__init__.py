"""What people read: pictures, reports and progress."""
