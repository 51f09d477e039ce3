using Tour;

// Prints the guided tour, or writes it to the file that is named.
string page = Page.Write();
if (args is [var file])
    File.WriteAllText(file, page);
else
    Console.Write(page);
