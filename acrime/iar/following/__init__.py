"""What field offices did about answers."""
