"""An answer that left is amended: worked again, reviewed again, released and accounted again."""
