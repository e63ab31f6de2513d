public class Library {}
